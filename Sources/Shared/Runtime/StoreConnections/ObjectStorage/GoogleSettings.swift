internal import Blobs
internal import CloudIdentity
internal import EventLoop
internal import HTTPTransfer
internal import Settings
internal import SystemCalls

/// A bucket of Google's storage.
struct GoogleSettings: Sendable {
    private let place: GooglePlace
    private let account: ServiceAccount?
    /// `nil` for a store that asks nobody who they are.
    private let identity: BearerTokens.Identity?

    /// Declares the settings; `nil` when they are not used.
    init?(from scope: SettingsScope, prefix: String, isUsed: Bool) throws(SettingsError) {
        let bucket = try scope.optional(
            "bucket", StorageAddress.name, example: "scorable-files", help: "The bucket; it has to be there.")
        let endpoint = try scope.optional(
            "endpoint", StorageAddress.setting, example: "https://storage.googleapis.com",
            help: "The address of the store; Google's without.")
        let key = try scope.optionalSecret(
            "service_account",
            help: "The key of a service account, in JSON. Without one: the service account of the machine.")
        let keyFile = try scope.optionalString(
            "credentials_file", example: "/etc/scorable/google.json", else: ["GOOGLE_APPLICATION_CREDENTIALS"],
            help: "A file with such a key, in place of service_account; else GOOGLE_APPLICATION_CREDENTIALS.")
        let metadata = try scope.value(
            "metadata_endpoint", StorageAddress.setting, default: "http://metadata.google.internal",
            help: "Who gives tokens to the machine.")
        let isAnonymous = try scope.bool(
            "anonymous", default: false,
            help: "Whether requests are sent without a token: for stores that imitate Google's.")
        guard isUsed else { return nil }
        guard let bucket else {
            throw scope.refusal("bucket", expected: "the name of the bucket, as blobs.store is gcs")
        }
        place = GooglePlace(bucket: bucket, endpoint: endpoint, prefix: prefix)
        account =
            if let key {
                try Self.account(Array(key.reveal().utf8), "service_account", scope)
            } else if let keyFile {
                try Self.account(Self.contents(keyFile, scope), "credentials_file", scope)
            } else {
                nil
            }
        identity = isAnonymous ? nil : account.map { .serviceAccount($0) } ?? .googleMachine(endpoint: metadata)
    }

    private static func contents(_ path: String, _ scope: SettingsScope) throws(SettingsError) -> [UInt8] {
        do throws(SystemError) {
            return try FileContents.read(path, limit: 65_536)
        } catch {
            throw scope.refusal("credentials_file", expected: "a file that can be read (\(error))")
        }
    }

    private static func account(
        _ json: [UInt8], _ key: String, _ scope: SettingsScope
    ) throws(SettingsError) -> ServiceAccount {
        do throws(ServiceAccount.Malformed) {
            return try ServiceAccount(json: json)
        } catch {
            throw scope.refusal(key, expected: "the key of a service account (\(error.description))")
        }
    }

    func store(over client: HTTPClient, identities: HTTPClient) -> any BlobStore {
        GoogleBlobs(
            place, tokens: identity.map { BearerTokens($0, client: identities) }, account: account, client: client)
    }
}
