"""The live twin in the browser, and the door for records that are sent to it: served to this machine alone."""
