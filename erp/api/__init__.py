"""The base of all endpoints: gate, errors, input rules, idempotency, paging, OpenAPI."""
