"""From a script or a function to a finished process: environment, queue, driver, targets."""
