internal import Blobs
internal import CloudIdentity
internal import Cryptography
internal import HTTPTransfer
internal import Settings

/// A bucket at Amazon, or at any store that speaks S3.
struct S3Settings: Sendable {
    private let place: S3Place
    private let identity: AmazonCredentials.Identity

    /// Declares the settings; `nil` when they are not used.
    init?(from scope: SettingsScope, prefix: String, isUsed: Bool) throws(SettingsError) {
        let bucket = try scope.optional(
            "bucket", StorageAddress.name, example: "scorable-files", help: "The bucket; it has to be there.")
        let region = try scope.value(
            "region", StorageAddress.name, default: "us-east-1", else: ["AWS_REGION", "AWS_DEFAULT_REGION"],
            help: "Where the bucket is; else AWS_REGION. What the storage itself says of it counts more.")
        let endpoint = try scope.optional(
            "endpoint", StorageAddress.setting, example: "https://minio.example.com:9000",
            else: ["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"],
            help: "The address of a store other than Amazon's; else AWS_ENDPOINT_URL_S3.")
        let style = try scope.value(
            "style", SettingKind<S3Place.Style>.choice, default: .automatic,
            help: "Where addresses name the bucket: in their path, or before the host. Automatic: before Amazon's host."
        )
        let identity = try Self.identity(scope, region: region)
        guard isUsed else { return nil }
        guard let bucket else {
            throw scope.refusal("bucket", expected: "the name of the bucket, as blobs.store is s3")
        }
        place = S3Place(bucket: bucket, region: region, endpoint: endpoint, style: style, prefix: prefix)
        guard let identity else {
            throw scope.refusal(
                "secret_access_key", expected: "the secret that belongs to access_key_id, or neither of them")
        }
        self.identity = identity
    }

    /// Keys that are given, else a role by web identity, else that of the container, else that of the machine; `nil` for half
    /// a pair of keys.
    private static func identity(
        _ scope: SettingsScope, region: String
    ) throws(SettingsError) -> AmazonCredentials.Identity? {
        let id = try scope.optionalSecret(
            "access_key_id", else: ["AWS_ACCESS_KEY_ID"],
            help: """
                The access key's name; else AWS_ACCESS_KEY_ID. Without keys: the role of role_arn by web identity, else that \
                of the container, else that of the machine (IMDSv2).
                """)
        let secret = try scope.optionalSecret(
            "secret_access_key", else: ["AWS_SECRET_ACCESS_KEY"],
            help: "The access key's secret; else AWS_SECRET_ACCESS_KEY.")
        let session = try scope.optionalSecret(
            "session_token", else: ["AWS_SESSION_TOKEN"],
            help: "What belongs to keys that were lent for a while; else AWS_SESSION_TOKEN.")
        let role = try scope.optionalString(
            "role_arn", example: "arn:aws:iam::123456789012:role/scorable", else: ["AWS_ROLE_ARN"],
            help: "The role that is taken with the token of web_identity_token_file; else AWS_ROLE_ARN.")
        let tokenFile = try scope.optionalString(
            "web_identity_token_file", example: "/var/run/secrets/eks.amazonaws.com/serviceaccount/token",
            else: ["AWS_WEB_IDENTITY_TOKEN_FILE"],
            help: "Where the platform lays the token for that role; else AWS_WEB_IDENTITY_TOKEN_FILE.")
        let sessionName = try scope.value(
            "role_session_name", StorageAddress.name, default: "scorable", else: ["AWS_ROLE_SESSION_NAME"],
            help: "What the session of that role is called in the cloud's audit; else AWS_ROLE_SESSION_NAME.")
        let service = try scope.optional(
            "sts_endpoint", StorageAddress.setting, example: "https://sts.eu-west-1.amazonaws.com",
            else: ["AWS_ENDPOINT_URL_STS"], help: "Who gives that role; Amazon's service in the region without.")
        let container = try scope.optional(
            "container_credentials", containerAddress, example: "http://169.254.170.23/v1/credentials",
            else: ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI"],
            help: "Who gives the role of the container; else AWS_CONTAINER_CREDENTIALS_RELATIVE_URI or …_FULL_URI.")
        let containerFile = try scope.optionalString(
            "container_token_file", example: "/var/run/secrets/pods.eks.amazonaws.com/serviceaccount/token",
            else: ["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"],
            help: "A file with what that service wants to see; else AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE.")
        let containerToken = try scope.optionalSecret(
            "container_token", else: ["AWS_CONTAINER_AUTHORIZATION_TOKEN"],
            help: "What that service wants to see; else AWS_CONTAINER_AUTHORIZATION_TOKEN.")
        let metadata = try scope.value(
            "metadata_endpoint", StorageAddress.setting, default: "http://169.254.169.254",
            else: ["AWS_EC2_METADATA_SERVICE_ENDPOINT"], help: "Who gives the role of the machine.")
        if id != nil || secret != nil {
            guard let id, let secret else { return nil }
            return .keys(
                SigV4.Credentials(
                    accessKeyID: id.reveal(), secretAccessKey: SecretBytes(Array(secret.reveal().utf8)),
                    sessionToken: session?.reveal()))
        }
        if let role, let tokenFile {
            let suffix = region.hasPrefix("cn-") ? "amazonaws.com.cn" : "amazonaws.com"
            return .webIdentity(
                role: role, tokenFile: tokenFile, session: sessionName,
                service: service ?? "https://sts.\(region).\(suffix)")
        }
        if let container {
            let token: AmazonCredentials.ContainerToken =
                containerFile.map { .file($0) }
                ?? containerToken.map { .value(SecretBytes(Array($0.reveal().utf8))) } ?? .none
            return .container(url: container, token: token)
        }
        return .instance(endpoint: metadata)
    }

    /// An address, or the path of one at the agent that containers of ECS have beside them.
    private static let containerAddress = SettingKind<String>(
        expected: "an address, or a path that begins with a slash", text: { $0 },
        parse: { text in
            let isPath = text.hasPrefix("/") && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
            return isPath ? "http://169.254.170.2\(text)" : StorageAddress.parse(text)
        })

    func store(over client: HTTPClient, identities: HTTPClient) -> any BlobStore {
        S3Blobs(place, credentials: AmazonCredentials(identity, client: identities), client: client)
    }
}
