internal import Access
internal import HTTPServing
package import Operations

/// What the internal API serves of datasets, labels, calibration against them and batches over them.
package struct LabelRoutes: Sendable {
    let datasets: Datasets
    let configs: ScoreConfigs
    let annotations: Annotations
    let calibrations: Calibrations
    let batches: Batches
    let evaluators: Evaluators
    let judges: Judges
    let logs: ExecutionLogs

    /// Of the operations of `product`.
    package init(_ product: Product) {
        datasets = product.datasets
        configs = product.scoreConfigs
        annotations = product.annotations
        calibrations = product.calibrations
        batches = product.batches
        evaluators = product.evaluators
        judges = product.judges
        logs = product.logs
    }

    func add(to routes: inout ProtectedRoutes) {
        addDatasets(to: &routes)
        addDatasetItems(to: &routes)
        addAnnotations(to: &routes)
        addCalibrations(to: &routes)
        addBatchStart(to: &routes)
    }
}
