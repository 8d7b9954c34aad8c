package import Blobs
internal import CloudIdentity
package import DaemonRuntime
package import EventLoop
internal import HTTPTransfer
package import Settings

/// Where the object storage is.
package struct BlobSettings: Sendable {
    /// What keeps the bytes.
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        /// A directory of this machine, or one that several share.
        case local
        /// A bucket at Amazon, or at any store that speaks S3.
        case s3
        /// A container of Azure's storage of blobs.
        case azure
        /// A bucket of Google's storage.
        case gcs
    }

    private enum Place: Sendable {
        case local
        case s3(S3Settings)
        case azure(AzureSettings)
        case google(GoogleSettings)
    }

    /// What keeps the bytes.
    package let kind: Kind
    /// The absolute path of the directory.
    package let directory: String
    /// For how long addresses hold that fetch files right from the storage; `nil` when the API server passes them on.
    package let presignedFor: Duration?
    private let place: Place
    private let caFile: String?

    /// How many files are read or written at the same time, and how many pieces wait.
    private static let threads = 2
    private static let queueLimit = 256

    package init(from scope: SettingsScope) throws(SettingsError) {
        kind = try scope.choice(
            "store", default: .local,
            help: "Where files such as exports and uploads are kept: in a directory, at S3, Azure or Google.")
        directory = try scope.string(
            "directory", default: "/var/lib/scorable/blobs",
            help: "For local: a directory that the API server and the workers share.")
        guard directory.hasPrefix("/") else { throw scope.refusal("directory", expected: "an absolute path") }
        let prefix =
            try scope.optional(
                "prefix", Self.prefixes, example: BlobKey(words: "scorable"),
                help: "What every name in the bucket or container begins with."
            ).map { "\($0)/" } ?? ""
        caFile = try scope.optionalString(
            "ca_file", example: "/etc/scorable/storage-ca.pem",
            help: "The certificates of the authorities that sign the storage's, in PEM; the system's without.")
        let isPresigned = try scope.bool(
            "presigned", default: false,
            help: """
                Whether downloads of uploaded files are answered with an address at the storage that holds for a while, where \
                the storage can sign one, so that their bytes do not go through the API server. Clients have to reach the \
                storage then, and to follow redirects.
                """)
        let lifetime = try scope.duration(
            "presigned_lifetime", default: .seconds(300), range: .seconds(10) ... .seconds(86_400),
            help: "For how long such an address holds.")
        presignedFor = isPresigned ? lifetime : nil
        let s3 = try S3Settings(from: scope.section("s3"), prefix: prefix, isUsed: kind == .s3)
        let azure = try AzureSettings(from: scope.section("azure"), prefix: prefix, isUsed: kind == .azure)
        let google = try GoogleSettings(from: scope.section("gcs"), prefix: prefix, isUsed: kind == .gcs)
        place =
            switch kind {
            case .local: .local
            case .s3: s3.map(Place.s3) ?? .local
            case .azure: azure.map(Place.azure) ?? .local
            case .gcs: google.map(Place.google) ?? .local
            }
    }

    private static let prefixes = SettingKind<BlobKey>(
        expected: "words of letters, digits, dots, dashes and underlines between slashes", text: \.description,
        parse: { BlobKey($0) })

    /// The object storage, for whoever runs on `loops`; it is the caller's to close.
    package func open(on loops: LoopGroup) -> OpenedBlobs {
        var settings = HTTPClientSettings(userAgent: "scorable", caFile: caFile)
        settings.maxConnectionsPerHost = 32
        switch place {
        case .local:
            let threads = WorkerThreads(name: "blobs", count: Self.threads, queueLimit: Self.queueLimit)
            return OpenedBlobs(store: LocalBlobs(directory: directory, threads: threads)) { threads.shutdown() }
        case .s3(let s3):
            let (client, identities) = Self.clients(settings, loops)
            return OpenedBlobs(store: s3.store(over: client, identities: identities)) {
                await client.close()
                await identities.close()
            }
        case .azure(let azure):
            let (client, identities) = Self.clients(settings, loops)
            return OpenedBlobs(store: azure.store(over: client, identities: identities)) {
                await client.close()
                await identities.close()
            }
        case .google(let google):
            let (client, identities) = Self.clients(settings, loops)
            return OpenedBlobs(store: google.store(over: client, identities: identities)) {
                await client.close()
                await identities.close()
            }
        }
    }

    /// One client for the storage, and one for those who say who this program is, which are found on addresses that no other
    /// client may reach. They are trusted by the system's authorities.
    private static func clients(
        _ settings: HTTPClientSettings, _ loops: LoopGroup
    ) -> (storage: HTTPClient, identities: HTTPClient) {
        let identities = HTTPClientSettings(
            userAgent: "scorable", maxConnectionsPerHost: 4, egress: .any.permittingMetadataAddresses())
        return (HTTPClient(loops: loops, settings: settings), HTTPClient(loops: loops, settings: identities))
    }
}

/// An object storage that is open.
package struct OpenedBlobs: Sendable {
    package let store: any BlobStore
    /// Closes what it holds open.
    package let close: @Sendable () async -> Void
}

extension Composition {
    /// The daemon's object storage.
    package mutating func blobs(_ settings: BlobSettings) -> any BlobStore {
        let opened = settings.open(on: loops)
        add(Service("object storage", stop: { _ in await opened.close() }))
        return opened.store
    }
}
