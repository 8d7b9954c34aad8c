internal import Access
internal import FoundationEssentials
internal import HTTPServing
internal import JSON
internal import Operations
internal import Records
internal import Tenancy
internal import WireAPI

// Datasets that come and go as files.
extension PublicRoutes {
    /// The largest file.
    static let uploads = RouteOptions(bodyLimit: 50 << 20)

    /// Makes a dataset: of a form with a file, of a form without, or of JSON.
    func create(_ context: RequestContext, _ principal: Principal) async throws -> Reply {
        var form = context.formReader()
        var fields = DatasetFields()
        var upload: DatasetUpload?
        do {
            while let piece = try await form.next() {
                switch piece {
                case .document(let bytes):
                    fields = DatasetFields(
                        bytes.isEmpty ? nil : try JSONCodec.decode(DatasetRequest.self, from: bytes))
                case .field(let name, let value): try fields.add(name, value)
                case .file(let part) where part.name == "file" && upload == nil:
                    upload = try await datasets.upload(
                        DatasetFileFormat(fileName: part.fileName, contentType: part.contentType),
                        hasHeader: fields.hasHeader, for: principal)
                case .file(let part): throw APIProblem.invalid(part.name, "Give one file, in the field “file”.")
                case .bytes(let bytes): try await upload?.feed(bytes)
                }
            }
            try fields.refuseAddresses()
            let made =
                if upload == nil { try await datasets.create(fields.draft, for: principal) } else {
                    try await upload?.finish(as: fields.draft)
                }
            guard let made else { throw APIProblem.internalError }
            return .json(DatasetBody(made, hasHeader: fields.hasHeader ?? false), status: 201)
        } catch {
            try await upload?.abandon()
            throw error
        }
    }

    /// The dataset as a file, when the caller asks for one by `download=true` and the media type it accepts; `nil` when the
    /// caller wants to see what is known of it.
    func download(_ dataset: Dataset, _ context: RequestContext) throws -> Reply? {
        let accepted = context.header("accept") ?? ""
        guard try context.query.bool("download") ?? false,
            let format = DatasetFileFormat(fileName: nil, contentType: accepted)
        else { return nil }
        let type =
            switch format {
            case .csv: "text/csv; charset=utf-8"
            case .jsonl: "application/jsonl"
            }
        return .file(named: "\(dataset.name ?? "dataset").\(format.rawValue)", type: type) { send in
            try await datasets.download(dataset, as: format, to: send)
        }
    }
}

/// What a call says of a dataset beside its file, in whatever order it is said.
private struct DatasetFields {
    var draft = DatasetDraft()
    /// `nil` when nobody says it.
    private(set) var hasHeader: Bool?
    private var address: String?

    init() {}

    init(_ body: DatasetRequest?) {
        draft.name = body?.name
        draft.tags = body?.tags ?? []
        draft.projectID = body?.projectId.map(ProjectID.init(uuid:))
        hasHeader = body?.hasHeader
        address = body?.url
    }

    /// Takes a field of a form; an empty one says nothing, and others than these are ignored.
    mutating func add(_ name: String, _ value: String) throws {
        guard !value.isEmpty else { return }
        switch name {
        case "name": draft.name = value
        case "tags":
            draft.tags += try value.split(separator: ",").map { tag in
                guard let id = UUID(uuidString: String(tag)) else {
                    throw APIProblem.invalid(name, "“\(tag)” is not a UUID, which tags of datasets are.")
                }
                return id
            }
        case "project_id":
            guard let id = ProjectID(value) else { throw APIProblem.invalid(name, "Must be a valid UUID.") }
            draft.projectID = id
        case "has_header": hasHeader = ["true", "1", "yes", "on"].contains(value.lowercased())
        case "url": address = value
        default: break
        }
    }

    /// Only the LLM proxy may reach outside, so that nothing is fetched: saying so is better than an empty dataset.
    func refuseAddresses() throws(APIProblem) {
        guard address?.isEmpty ?? true else {
            throw .invalid("url", "Files are not fetched from addresses here: upload the file itself.")
        }
    }
}
