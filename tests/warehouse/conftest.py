from drawn import bench, registry  # noqa: F401  fixtures
