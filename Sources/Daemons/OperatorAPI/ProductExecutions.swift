package import Operations

extension Product {
    /// The internal API of these operations' executions.
    package func executionRoutes(feed: EventFeed, executionTimeout: Duration) -> ExecutionRoutes {
        ExecutionRoutes(
            logs: logs, tags: tags, reruns: reruns, projects: projects, feed: feed, executionTimeout: executionTimeout)
    }
}
