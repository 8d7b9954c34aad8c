package import Access
internal import Blobs
internal import Cryptography
internal import FoundationEssentials
internal import HTTPMessages
internal import HTTPServing
package import Operations
internal import Records
internal import Tenancy
internal import WireAPI

/// What the internal API serves of exports. What one must be allowed to do to end one depends on whose it is, and is asked in
/// the operation.
package struct ExportRoutes: Sendable {
    private let exports: Exports
    private let authenticator: Authenticator

    package init(exports: Exports, authenticator: Authenticator) {
        self.exports = exports
        self.authenticator = authenticator
    }

    func add(to routes: inout ProtectedRoutes) {
        let path = OperatorLogExport.path
        routes.on(.get, path, needs: .executionLogList) { context, principal in
            let found = try await exports.list(in: principal.organizationID, try context.pageRequest())
            return .json(
                OperatorLogExportPage(
                    results: try found.items.map(OperatorLogExport.init), next: found.nextCursor(\.keyset)))
        }
        routes.on(.post, path, needs: .executionLogRead, leaving: .change("export.start")) { context, principal in
            let draft = try ExportDraft(try await context.decode(OperatorLogExportDraft.self))
            let export = try await exports.start(
                draft, in: principal.organizationID, by: context.actor(principal),
                traceParent: context.propagation["traceparent"])
            return .json(try OperatorLogExport(export), status: 201)
        }
        routes.on(.get, path + "/{id}", needs: .executionLogList) { context, principal in
            .json(try OperatorLogExport(try await exports.find(context.parameter("id"), in: principal.organizationID)))
        }
        routes.on(.post, path + "/{id}/cancel", needs: .executionLogList, leaving: .change("export.cancel")) {
            context, principal in
            .json(
                try OperatorLogExport(
                    try await exports.cancel(
                        context.parameter("id"), in: principal.organizationID, by: context.actor(principal))))
        }
        routes.on(.delete, path + "/{id}", needs: .executionLogList, leaving: .change("export.delete")) {
            context, principal in
            try await exports.delete(
                context.parameter("id"), in: principal.organizationID, by: context.actor(principal))
            return .noContent
        }
        routes.on(.get, path + "/{id}/file", needs: .executionLogRead, leaving: .export) { context, principal in
            try await file(context, principal)
        }
    }

    /// The file, or what a fetching that was interrupted still lacks of it. It breaks off when whoever fetches it may not any
    /// more: a large one takes hours where somebody wants it to.
    private func file(_ context: RequestContext, _ principal: Principal) async throws -> Reply {
        let wanted = context.header("range").flatMap(Self.rest)
        let (export, contents) = try await exports.open(
            context.parameter("id"), in: principal.organizationID, bytes: wanted.map { $0..<Int64.max },
            by: context.actor(principal))
        guard !contents.bytes.isEmpty || contents.size == 0 else {
            throw APIProblem(
                status: 416, code: "invalid", title: "Range not satisfiable.",
                detail: "The file has \(contents.size) bytes.")
        }
        var headers: HTTPHeaders = [
            "content-disposition": "attachment; filename=\"\(export.fileName)\"",
            "content-length": "\(contents.bytes.count)", "accept-ranges": "bytes", "cache-control": "no-store",
        ]
        if let file = export.file {
            headers["etag"] = "\"\(file.hexadecimalSHA256)\""
            headers["repr-digest"] = "sha-256=:\(Base64.encode(file.sha256)):"
        }
        if wanted != nil {
            let bytes = contents.bytes
            headers["content-range"] = "bytes \(bytes.lowerBound)-\(bytes.upperBound - 1)/\(contents.size)"
        }
        let access = ContinuedAccess(of: Credentials(authorization: context.header("authorization")), authenticator)
        return .stream(
            type: export.format == .csv ? "text/csv; charset=utf-8" : "application/jsonl",
            status: wanted == nil ? 200 : 206, headers: headers
        ) { write in
            var access = access
            while let piece = try await contents.next() {
                try await access.lookAgain()?.require(.executionLogRead)
                try await write(piece)
            }
        }
    }

    /// From which byte on: of the ranges that there are, the one that resumes. Others are answered with the whole.
    private static func rest(_ range: String) -> Int64? {
        guard range.hasPrefix("bytes="), range.hasSuffix("-") else { return nil }
        return Int64(range.dropFirst("bytes=".count).dropLast()).flatMap { $0 >= 0 ? $0 : nil }
    }
}

extension ExportDraft {
    /// What a client asks for.
    fileprivate init(_ draft: OperatorLogExportDraft) throws(OperatorInvalidParameter) {
        let format: ExportFormat =
            switch draft.format {
            case .jsonl: .jsonl
            case .csv: .csv
            }
        self.init(
            try OperatorExecutionFilter(parameters: draft.filter.map { ($0.name, $0.value) }), format: format)
    }
}
