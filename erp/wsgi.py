"""The web server's door. It stays shut where the installation is not safe to serve."""

import os

from django.core.wsgi import get_wsgi_application

from erp.checks import refuse_to_start

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "erp.settings")

application = get_wsgi_application()
refuse_to_start()
