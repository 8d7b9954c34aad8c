internal import Access
internal import Compression
internal import HTTPMessages
internal import HTTPServing
internal import OTLP
internal import Operations
internal import Tenancy

extension OtelRoutes {
    /// How large a request may be, as it is sent and when it is inflated.
    private static let bodyLimit = 8 << 20
    private static let inflatedLimit = 16 << 20

    /// OTLP over HTTP. The path without `v1` in front is what exporters make of `OTEL_EXPORTER_OTLP_ENDPOINT`.
    func addIngest(to routes: inout ProtectedRoutes) {
        let options = RouteOptions(bodyLimit: Self.bodyLimit)
        for path in ["/otel/v1/traces", "/v1/otel/v1/traces"] {
            routes.on(.post, path, needs: .traceCreate, in: .any, leaving: .nothing, options) { context, principal in
                do {
                    return try await ingest(context, principal)
                } catch is TracesBusy {
                    throw APIProblem.throttled(
                        retryAfter: RetryAfter(.seconds(1)), "More spans come than can be stored at the moment.")
                }
            }
        }
    }

    private func ingest(_ context: RequestContext, _ principal: Principal) async throws -> Reply {
        let encoding = try Encoding(context.header("content-type"))
        var hold = IngestHold(product.ingest.room)
        let announced = context.header("content-length").flatMap { Int($0) } ?? Self.bodyLimit
        try hold.add(min(max(announced, 0), Self.bodyLimit))
        var body = try await context.body()
        if let coding = context.header("content-encoding"), !coding.isEmpty, coding.lowercased() != "identity" {
            body = try Self.inflated(body, coding: coding.lowercased())
        }
        // What was read is held as it came, and again as values.
        try hold.add(body.count * 3)
        let export: TraceExport
        do {
            export = try encoding == .protobuf ? TraceExport(protobuf: body) : TraceExport(json: body)
        } catch {
            throw APIProblem.malformed("The body is no ExportTraceServiceRequest: \(error.description).")
        }
        let refused = try await product.ingest.store(export, in: try Self.project(context), for: principal)
        switch encoding {
        case .protobuf: return .bytes(TraceExportReply.protobuf(refused), type: "application/x-protobuf")
        case .json: return .bytes(TraceExportReply.json(refused), type: "application/json")
        }
    }

    private static func inflated(_ body: [UInt8], coding: String) throws -> [UInt8] {
        guard ["gzip", "x-gzip", "deflate"].contains(coding) else {
            throw APIProblem.unsupportedMediaType(coding, expected: "gzip, or the body as it is")
        }
        do {
            return try Inflation.inflate(body, limit: inflatedLimit)
        } catch .tooLarge {
            throw APIProblem.tooLarge(limit: inflatedLimit)
        } catch {
            throw APIProblem.malformed("The body cannot be inflated: \(error.description).")
        }
    }

    private static func project(_ context: RequestContext) throws -> ProjectID? {
        guard let text = context.header("x-project-id"), !text.isEmpty else { return nil }
        guard let id = ProjectID(text) else { throw APIProblem.invalid("project_id", "Must be a valid UUID.") }
        return id
    }

    /// How a request is written; its answer is written alike.
    private enum Encoding {
        case protobuf
        case json

        init(_ contentType: String?) throws {
            let type = (contentType ?? "").prefix { $0 != ";" }.lowercased().filter { $0 != " " }
            switch type {
            case "application/x-protobuf", "application/protobuf": self = .protobuf
            case "application/json": self = .json
            default:
                throw APIProblem.unsupportedMediaType(
                    String(type), expected: "application/x-protobuf or application/json")
            }
        }
    }
}
