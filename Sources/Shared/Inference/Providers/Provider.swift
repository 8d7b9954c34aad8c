/// Somebody who serves models, with everything it takes to ask there.
package struct Provider: Sendable {
    /// What only some kinds need.
    package struct Settings: Sendable, Hashable {
        /// Azure's `api-version`; without it the addresses are those of Azure's version 1. Anthropic's version, when it
        /// is not to be chosen by the request.
        package var apiVersion: String?
        /// AWS's region.
        package var region: String?
        /// Google's project.
        package var project: String?
        /// Google's location: a region, `global`, `us` or `eu`.
        package var location: String?
        /// OpenAI's organisation and project, for accounts with several.
        package var openAIOrganization: String?
        /// OpenAI's project.
        package var openAIProject: String?

        package init() {}
    }

    /// What kind it is.
    package let kind: ProviderKind
    /// Its name here: for results, metrics and logs.
    package let name: String
    /// The address that paths are appended to, without a slash at its end.
    package let baseURL: String
    /// What it knows us by.
    package var credential: ProviderCredential
    /// What its kind needs besides.
    package let settings: Settings

    /// A provider at `baseURL`; `nil` for the usual address of its kind.
    package init(
        _ kind: ProviderKind, name: String, baseURL: String? = nil, credential: ProviderCredential = .none,
        settings: Settings = Settings()
    ) {
        self.kind = kind
        self.name = name
        self.credential = credential
        self.settings = settings
        var url = Substring(baseURL ?? kind.defaultBaseURL(settings))
        while url.last == "/" { url.removeLast() }
        self.baseURL = String(url)
    }
}
