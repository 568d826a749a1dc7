"""What checks the console (`robi/web/console`): types, unit tests in Node, OpenMoji's drawings."""
