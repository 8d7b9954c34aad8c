package import FoundationEssentials
package import Postgres
package import Records
package import Scoring
package import Tenancy

/// What is known of uploaded files; what is in them lies in the object storage.
package struct FileStore: Sendable {
    private let database: PostgresClient

    package init(database: PostgresClient) { self.database = database }

    /// Stores a file, unless its owner has the same already.
    /// - Returns: The one that is stored now.
    package func add(_ file: UploadedFile) async throws -> UploadedFile {
        let extent = Extent(file.extent)
        let rows = try await database.query(
            """
            INSERT INTO files (id, organization_id, project_id, owner_id, name, media_type, size, sha256, pages, width, \
            height, created_at, used_at)
            VALUES (\(file.id), \(file.organizationID), \(file.projectID), \(file.ownerID), \(file.name), \
            \(file.kind), \(file.size), \(file.sha256), \(extent.pages), \(extent.width), \(extent.height), \
            \(file.createdAt), \(file.usedAt))
            ON CONFLICT (organization_id, owner_id, sha256) DO UPDATE SET used_at = excluded.used_at
            RETURNING \(fragment: Self.columns)
            """)
        guard let row = rows.first else { return file }
        return try Self.file(row)
    }

    /// The same bytes of the same owner, which are used again from now on.
    package func reuse(
        _ sha256: [UInt8], of owner: UserID, in organization: OrganizationID, at moment: Date
    ) async throws -> UploadedFile? {
        let rows = try await database.query(
            """
            UPDATE files SET used_at = \(moment)
            WHERE organization_id = \(organization) AND owner_id = \(owner) AND sha256 = \(sha256)
            RETURNING \(fragment: Self.columns)
            """)
        return try rows.first.map(Self.file)
    }

    /// Those of the files that the organisation has, in no order.
    package func find(_ ids: [FileID], in organization: OrganizationID) async throws -> [UploadedFile] {
        let rows = try await database.query(
            """
            SELECT \(fragment: Self.columns) FROM files
            WHERE id = ANY (\(ids)) AND organization_id = \(organization)
            """)
        return try rows.map(Self.file)
    }

    /// Notes that files are looked at.
    package func noteUse(of ids: [FileID], in organization: OrganizationID, at moment: Date) async throws {
        try await database.execute(
            "UPDATE files SET used_at = \(moment) WHERE id = ANY (\(ids)) AND organization_id = \(organization)")
    }

    // MARK: Upkeep, over all organisations

    /// Which of the files there are.
    package func existing(_ ids: [FileID]) async throws -> Set<FileID> {
        let rows = try await database.query("SELECT id FROM files WHERE id = ANY (\(ids))")
        return Set(try rows.map { try $0.decode("id", as: FileID.self) })
    }

    /// Files in the order of their identifiers, of every organisation, with what they are.
    package func page(behind place: FileID?, limit: Int) async throws -> [(id: FileID, kind: FileKind)] {
        let condition: SQL = place.map { "WHERE id > \($0)" } ?? ""
        let rows = try await database.query(
            "SELECT id, media_type FROM files \(fragment: condition) ORDER BY id LIMIT \(limit)")
        return try rows.map { (id: try $0.decode("id"), kind: try $0.decode("media_type")) }
    }

    // MARK: Rows

    private struct Extent {
        var pages: Int?
        var width: Int?
        var height: Int?

        init(_ extent: UploadedFile.Extent) {
            switch extent {
            case .pages(let count): pages = count
            case .picture(let width, let height): (self.width, self.height) = (width, height)
            case .unknown: break
            }
        }
    }

    private static let columns: SQL = """
        id, organization_id, project_id, owner_id, name, media_type, size, sha256, pages, width, height, created_at, \
        used_at
        """

    private static func file(_ row: PostgresRow) throws -> UploadedFile {
        let extent: UploadedFile.Extent
        let width = try row.decode("width", as: Int?.self)
        if let pages = try row.decode("pages", as: Int?.self) {
            extent = .pages(pages)
        } else if let width, let height = try row.decode("height", as: Int?.self) {
            extent = .picture(width: width, height: height)
        } else {
            extent = .unknown
        }
        return UploadedFile(
            id: try row.decode("id"), organizationID: try row.decode("organization_id"),
            projectID: try row.decode("project_id"), ownerID: try row.decode("owner_id"),
            name: try row.decode("name"), kind: try row.decode("media_type"), size: try row.decode("size"),
            sha256: try row.decode("sha256"), extent: extent, createdAt: try row.decode("created_at"),
            usedAt: try row.decode("used_at"))
    }
}

extension FileKind: PostgresBindable, PostgresDecodable {}
