"""A plug: a switch and a power sensor of one device. Only an integration can put a device into Core's registry."""
from homeassistant.config_entries import SOURCE_IMPORT
from homeassistant.const import Platform

DOMAIN = "energy_ledger_plug"
DEVICE = {"identifiers": {(DOMAIN, "plug")}, "name": "Energy Ledger plug"}


async def async_setup(hass, config):
    if not hass.config_entries.async_entries(DOMAIN):
        flow = hass.config_entries.flow
        hass.async_create_task(flow.async_init(DOMAIN, context={"source": SOURCE_IMPORT}, data={}))
    return True


async def async_setup_entry(hass, entry):
    await hass.config_entries.async_forward_entry_setups(entry, [Platform.SENSOR, Platform.SWITCH])
    return True
