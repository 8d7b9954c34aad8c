internal import EventLoop
internal import FoundationEssentials
internal import Glibc
internal import HTTPTransfer
internal import Observability
internal import SpanExport

extension Composition {
    /// Sends recorded spans to a collector. Added before all other parts, so that it stops behind them and is told of their
    /// last work.
    mutating func export(_ buffer: SpanBuffer, to collector: SpanExportSettings.Collector, as daemon: String) {
        let client = HTTPClient(
            loops: loops,
            settings: HTTPClientSettings(maxConnectionsPerHost: 2, caFile: collector.caFile))
        add(Service("trace collector", stop: { _ in await client.close() }))
        let exporter = SpanExporter(
            buffer, to: collector, by: client, service: "scorable-\(daemon)", version: Release.version,
            instance: "\(ProcessInfo.processInfo.hostName):\(getpid())", metrics: metrics, logger: logger)
        work("traces") { drain in
            while !drain.hasBegun {
                await drain.wait(atMost: .seconds(1))
                await exporter.flush()
            }
            await exporter.finish()
        }
    }
}
