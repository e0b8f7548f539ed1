"""Image primitives: boxes and transforms, connected components, polynomial fits, compilation, checked settings."""
