"""The relay of the plug."""
from homeassistant.components.switch import SwitchEntity

from . import DEVICE


async def async_setup_entry(hass, entry, async_add_entities):
    async_add_entities([PlugSwitch()])


class PlugSwitch(SwitchEntity):
    _attr_should_poll = False
    _attr_has_entity_name = True
    _attr_name = None
    _attr_unique_id = "energy_ledger_plug_switch"
    _attr_is_on = False
    _attr_device_info = DEVICE

    async def async_turn_on(self, **kwargs):
        self._attr_is_on = True
        self.async_write_ha_state()

    async def async_turn_off(self, **kwargs):
        self._attr_is_on = False
        self.async_write_ha_state()
