"""Reports what its input number says, whether the plug is on or off: a meter with phantom watts."""
from homeassistant.components.sensor import SensorDeviceClass, SensorEntity, SensorStateClass
from homeassistant.core import callback
from homeassistant.helpers.event import async_track_state_change_event

from . import DEVICE

SOURCE = "input_number.energy_ledger_plug"


async def async_setup_entry(hass, entry, async_add_entities):
    async_add_entities([PlugPower()])


class PlugPower(SensorEntity):
    _attr_should_poll = False
    _attr_has_entity_name = True
    _attr_name = "Power"
    _attr_unique_id = "energy_ledger_plug_power"
    _attr_device_class = SensorDeviceClass.POWER
    _attr_state_class = SensorStateClass.MEASUREMENT
    _attr_native_unit_of_measurement = "W"
    _attr_device_info = DEVICE

    async def async_added_to_hass(self):
        self.take(self.hass.states.get(SOURCE))
        self.async_on_remove(async_track_state_change_event(self.hass, [SOURCE], self.changed))

    @callback
    def changed(self, event):
        self.take(event.data["new_state"])
        self.async_write_ha_state()

    def take(self, state):
        self._attr_native_value = None if state is None else float(state.state)
