from drawn import bench, registry, validator  # noqa: F401  fixtures
