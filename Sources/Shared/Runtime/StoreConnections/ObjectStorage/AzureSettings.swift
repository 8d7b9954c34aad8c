internal import Blobs
internal import CloudIdentity
internal import Cryptography
internal import HTTPTransfer
internal import Settings

/// A container of Azure's storage of blobs.
struct AzureSettings: Sendable {
    private enum Access: Sendable {
        case sharedKey(SecretBytes)
        case sharedAccess(SecretBytes)
        case identity(BearerTokens.Identity)
    }

    private let place: AzurePlace
    private let access: Access

    /// Declares the settings; `nil` when they are not used.
    init?(from scope: SettingsScope, prefix: String, isUsed: Bool) throws(SettingsError) {
        let account = try scope.optional(
            "account", StorageAddress.name, example: "scorablefiles", else: ["AZURE_STORAGE_ACCOUNT"],
            help: "The storage account; else AZURE_STORAGE_ACCOUNT.")
        let container = try scope.optional(
            "container", StorageAddress.name, example: "scorable", help: "The container; it has to be there.")
        let endpoint = try scope.optional(
            "endpoint", StorageAddress.setting, example: "https://scorablefiles.blob.core.windows.net",
            help: "The address of the account's blobs; Azure's without.")
        let key = try scope.optional(
            "key", Self.keys, example: Secret("…"), else: ["AZURE_STORAGE_KEY"],
            help: "The key of the account; else AZURE_STORAGE_KEY. Without key and sas: the managed identity.")
        let signature = try scope.optionalSecret(
            "sas", else: ["AZURE_STORAGE_SAS_TOKEN"],
            help:
                "A shared access signature for the container (rwdlc), in place of a key; else AZURE_STORAGE_SAS_TOKEN.")
        let identity = try Self.identity(scope)
        guard isUsed else { return nil }
        guard let account else {
            throw scope.refusal("account", expected: "the name of the storage account, as blobs.store is azure")
        }
        guard let container else {
            throw scope.refusal("container", expected: "the name of the container, as blobs.store is azure")
        }
        place = AzurePlace(account: account, container: container, endpoint: endpoint, prefix: prefix)
        if let key, let bytes = Base64.decode(key.reveal()) {
            access = .sharedKey(SecretBytes(bytes))
        } else if let signature {
            let text = signature.reveal()
            access = .sharedAccess(SecretBytes(Array((text.hasPrefix("?") ? String(text.dropFirst()) : text).utf8)))
        } else {
            access = .identity(identity)
        }
    }

    private static let keys = SettingKind<Secret>(
        expected: "a key in Base64, as Azure shows it", isSecret: true, mask: { _ in Secret.redacted },
        text: { $0.reveal() }, parse: { Base64.decode($0) == nil ? nil : Secret($0) })

    private static func identity(_ scope: SettingsScope) throws(SettingsError) -> BearerTokens.Identity {
        let clientID = try scope.optionalString(
            "client_id", example: "11111111-2222-3333-4444-555555555555", else: ["AZURE_CLIENT_ID"],
            help: "Which identity, where the machine has several; else AZURE_CLIENT_ID.")
        let tenant = try scope.optionalString(
            "tenant_id", example: "11111111-2222-3333-4444-555555555555", else: ["AZURE_TENANT_ID"],
            help: "The tenant of the identity, for workloads of Kubernetes; else AZURE_TENANT_ID.")
        let tokenFile = try scope.optionalString(
            "federated_token_file", example: "/var/run/secrets/azure/tokens/azure-identity-token",
            else: ["AZURE_FEDERATED_TOKEN_FILE"],
            help: "Where the platform lays the token of the workload; else AZURE_FEDERATED_TOKEN_FILE.")
        let authority = try scope.value(
            "authority", StorageAddress.setting, default: "https://login.microsoftonline.com",
            else: ["AZURE_AUTHORITY_HOST"], help: "Who gives tokens to workloads.")
        let metadata = try scope.value(
            "metadata_endpoint", StorageAddress.setting, default: "http://169.254.169.254",
            help: "Who gives tokens to the machine.")
        if let clientID, let tenant, let tokenFile {
            return .azureWorkload(authority: authority, tenant: tenant, clientID: clientID, tokenFile: tokenFile)
        }
        return .azureMachine(endpoint: metadata, clientID: clientID)
    }

    func store(over client: HTTPClient, identities: HTTPClient) -> any BlobStore {
        let access: AzureAccess =
            switch access {
            case .sharedKey(let key): .sharedKey(key)
            case .sharedAccess(let signature): .sharedAccess(signature)
            case .identity(let identity): .tokens(BearerTokens(identity, client: identities))
            }
        return AzureBlobs(place, access: access, client: client)
    }
}
