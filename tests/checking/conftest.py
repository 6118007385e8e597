from drawn import bench, doubtful, doubtful_registry, registry, validator  # noqa: F401  fixtures
