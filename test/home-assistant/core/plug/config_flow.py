"""Its one entry, made from YAML."""
from homeassistant.config_entries import ConfigFlow

from . import DOMAIN


class PlugFlow(ConfigFlow, domain=DOMAIN):
    VERSION = 1

    async def async_step_import(self, data):
        return self.async_create_entry(title="Energy Ledger plug", data={})
