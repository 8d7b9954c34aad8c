internal import Access
internal import HTTPServing
package import Operations

/// What the internal API serves of datasets, of labels and of calibration against them.
package struct LabelRoutes: Sendable {
    let datasets: Datasets
    let configs: ScoreConfigs
    let annotations: Annotations
    let calibrations: Calibrations
    let evaluators: Evaluators
    let logs: ExecutionLogs

    /// Of the operations of `product`.
    package init(_ product: Product) {
        datasets = product.datasets
        configs = product.scoreConfigs
        annotations = product.annotations
        calibrations = product.calibrations
        evaluators = product.evaluators
        logs = product.logs
    }

    func add(to routes: inout ProtectedRoutes) {
        addDatasets(to: &routes)
        addDatasetItems(to: &routes)
        addAnnotations(to: &routes)
        addCalibrations(to: &routes)
    }
}
