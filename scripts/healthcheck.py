"""Exit 0 when the web process on this machine answers its health page, as a proxy would ask it."""

from __future__ import annotations

import http.client
import os
import sys
from urllib.parse import urlsplit

PATH = "/healthz"
TIMEOUT_SECONDS = 5


def main() -> int:
    public = urlsplit(os.environ.get("CSMS_PUBLIC_URL", "http://localhost:8000"))
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 8000
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_SECONDS)
    headers = {"Host": public.netloc, "X-Forwarded-Proto": public.scheme}
    try:
        connection.request("GET", PATH, headers=headers)
        status = connection.getresponse().status
    except OSError as error:
        print(f"{PATH}: {error}")
        return 1
    finally:
        connection.close()
    if status != http.client.OK:
        print(f"{PATH}: HTTP {status}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
