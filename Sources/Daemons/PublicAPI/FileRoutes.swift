internal import Access
internal import Blobs
internal import HTTPMessages
internal import HTTPServing
internal import Operations
internal import Records
internal import Scoring
internal import Tenancy
internal import WireAPI

extension PublicRoutes {
    /// A file with the form around it.
    private static let fileUploads = RouteOptions(bodyLimit: Files.largest + 1 << 20)

    func addFiles(to routes: inout ProtectedRoutes) {
        routes.on(.post, "/v1/files/", needs: .fileCreate, in: .any, Self.fileUploads) { context, principal in
            let (file, isNew) = try await keep(context, principal)
            return .json(FileUploadBody(file.id), status: isNew ? 201 : 200)
        }
        routes.on(.get, "/v1/files/{id}/", needs: .fileRead, in: .any, leaving: .content) { context, principal in
            switch try await files.open(context.parameter("id"), for: principal) {
            case .contents(let file, let contents):
                return .file(named: file.name, type: file.kind.rawValue) { send in
                    while let piece = try await contents.next() { try await send(piece) }
                }
            case .address(let url):
                // Whoever has the address may read the file for a while: nobody is to keep it.
                return .bytes(
                    [], type: "text/plain; charset=utf-8", status: 303,
                    headers: ["location": url, "cache-control": "no-store", "referrer-policy": "no-referrer"])
            }
        }
    }

    /// Keeps the file in the form's field `file`; other fields are ignored.
    private func keep(
        _ context: RequestContext, _ principal: Principal
    ) async throws -> (file: UploadedFile, isNew: Bool) {
        var form = context.formReader()
        var kept: (UploadedFile, Bool)?
        var pending: FormPiece?
        while true {
            let next = pending
            pending = nil
            guard let piece = try await next == nil ? form.next() : next else { break }
            guard case .file(let part) = piece else { continue }
            guard part.name == "file", kept == nil else {
                throw APIProblem.invalid(part.name, "Give one file, in the field “file”.")
            }
            kept = try await files.keep(named: part.fileName, for: principal) {
                guard let piece = try await form.next() else { return nil }
                if case .bytes(let bytes) = piece { return bytes }
                pending = piece
                return nil
            }
        }
        guard let kept else {
            throw APIProblem.invalid("file", "This field is required: a file in a multipart form.")
        }
        return kept
    }
}
