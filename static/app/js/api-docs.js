// Shows the API's description; nothing is asked of another machine (no validator badge).
const place = document.getElementById("main");
window.SwaggerUIBundle({
  domNode: place,
  url: place.dataset.schemaUrl,
  validatorUrl: null,
  // Well over a hundred calls: all of them at once take a browser half a minute.
  docExpansion: "none",
  filter: true,
  defaultModelsExpandDepth: -1,
  persistAuthorization: false,
  requestInterceptor: (request) => {
    // Tried out by somebody who is logged in, a write carries the portal's CSRF token.
    const token = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/);
    if (token && new URL(request.url, location.href).origin === location.origin) {
      request.headers["X-CSRFToken"] = token[1];
    }
    return request;
  },
});
