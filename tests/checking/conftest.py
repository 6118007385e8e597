from drawn import bench, doubtful, doubtful_registry, registry  # noqa: F401  fixtures
