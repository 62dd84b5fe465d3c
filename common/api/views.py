"""The base of every API view: checked input, one way of paging, honest status codes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from rest_framework import status
from rest_framework.exceptions import MethodNotAllowed, NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView
from rest_framework.viewsets import ViewSetMixin

from common.api.paging import CursorPaging
from common.api.serializers import BodySerializer, NoFilters, QuerySerializer, Serializer
from common.api.throttling import CredentialThrottle


class ApiView(APIView):
    """An APIView that knows what its body and its query must be like.

    Attributes:
        serializer_class: what it answers with.
    """

    serializer_class: type[Serializer] | None = None
    pagination_class: type[CursorPaging] | None = None
    metadata_class = None

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Instants are UTC here, whichever zone the operator's pages show."""
        with timezone.override(UTC):
            return super().dispatch(request, *args, **kwargs)

    def check_permissions(self, request: Request) -> None:
        """A method that does not exist is 405 for everybody who is known, never 403."""
        if request.successful_authenticator and not self._is_allowed(request):
            raise MethodNotAllowed(request.method or "")
        super().check_permissions(request)

    def _is_allowed(self, request: Request) -> bool:
        return (request.method or "") in self.allowed_methods and request.method != "OPTIONS"

    def get_throttles(self) -> list[Any]:
        self.throttles = [CredentialThrottle()]
        return self.throttles

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        answer = super().finalize_response(request, response, *args, **kwargs)
        for throttle in getattr(self, "throttles", ()):
            for name, value in throttle.quota.headers().items() if throttle.quota else ():
                answer[name] = value
        answer.setdefault("Cache-Control", "no-store")
        return answer

    def body(self, serializer_class: type[BodySerializer], *, partial: bool = False) -> Any:
        """The checked body: field -> value. Raises ValidationError naming the fields."""
        serializer = serializer_class(
            data=self.request.data, partial=partial, context={"request": self.request}
        )
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data

    def query(self, serializer_class: type[QuerySerializer] = NoFilters) -> Any:
        """The checked query string: name -> value. Raises ValidationError naming the parameters."""
        serializer = serializer_class(data=self.request.query_params.dict())
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data

    def shown(self, row: Any, serializer_class: type[Serializer] | None = None) -> Any:
        """A row, or rows, as the answer has them."""
        shown_by = serializer_class or self.serializer_class
        if shown_by is None:
            raise TypeError(f"{type(self).__name__} has no serializer")
        many = isinstance(row, list)
        return shown_by(row, many=many, context={"request": self.request}).data

    def page(
        self, rows: QuerySet[Any], serializer_class: type[Serializer] | None = None
    ) -> Response:
        """One page of rows along the view's `paging_order`."""
        paging = CursorPaging()
        found = paging.paginate_queryset(rows, self.request, view=self)
        return paging.get_paginated_response(self.shown(found, serializer_class))

    def created(self, row: Any, *, at: str, key: object = None, data: Any = None) -> Response:
        """201 with the address of what was made (`at` is a URL name)."""
        location = reverse(at, args=[key or row.pk], request=self.request)
        headers = {"Location": location}
        return Response(data or self.shown(row), status.HTTP_201_CREATED, headers=headers)


class ApiViewSet(ViewSetMixin, ApiView):
    """A resource: `list`, `retrieve`, `create`, `partial_update`, `destroy` and its actions.

    Attributes:
        permission: what each action needs (`accounts.policy`).
        paging_order: sort key of its list.
    """

    permission: ClassVar[Mapping[str, Any]]
    lookup_value_converter = "uuid"
    pagination_class = CursorPaging


class UnknownAddress(APIView):
    """Whatever lies below /api/ and is nothing: the same problem in every mode."""

    authentication_classes = ()
    permission_classes = ()
    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        raise NotFound("There is nothing at this address.")


def found(rows: QuerySet[Any], *, pk: UUID | int) -> Any:
    """The row of this key in the caller's scope.

    Raises:
        NotFound: there is none; another operator's is none.
    """
    row = rows.filter(pk=pk).first()
    if row is None:
        raise NotFound
    return row
