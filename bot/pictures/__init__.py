"""Pictures of a pack as SVG, drawn without any other program: what starts what, and the calendar of a stay."""
