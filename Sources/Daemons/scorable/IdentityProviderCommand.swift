import ArgumentParser
import EventLoop
import Launcher

/// Identity providers: by what people of an organisation sign in.
struct IdentityProviderCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "identity-provider", abstract: "Identity providers (SAML 2.0): by what people sign in.",
        discussion: """
            Examples:
              scorable identity-provider add --name Keycloak --metadata-file idp.xml --default-role viewer
              scorable identity-provider update Keycloak --group eng=engineer --group ops=operator --domain example.com
              scorable identity-provider test Keycloak

            An identity provider is named by its name, its identifier or the beginning of that.
            """,
        subcommands: [
            List.self, Show.self, Add.self, Update.self, Remove.self, Test.self, Refresh.self, RenewKey.self,
        ])

    /// What every one of them can be asked for.
    struct Options: ParsableArguments {
        @OptionGroup var options: StateOptions
        @Flag(help: "Print JSON, as the internal API answers.") var json = false

        /// Prints what `body` says.
        func perform(_ body: @escaping @Sendable (IdentityProviderAdministration) async throws -> String) throws {
            let (installation, form) = (try options.installation, json ? QueueAdministration.Form.json : .text)
            onLoop { loops in
                say(try await body(IdentityProviderAdministration(installation, on: loops, form: form)))
            }
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists the identity providers.")
        @OptionGroup var options: Options

        func run() throws { try options.perform { try await $0.list() } }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows one, with what its administrator has to know of us.")
        @OptionGroup var options: Options
        @Argument(help: "The identity provider.") var provider: String

        func run() throws {
            let provider = provider
            try options.perform { try await $0.show(provider) }
        }
    }

    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Adds one.")
        @OptionGroup var options: Options
        @OptionGroup var settings: IdentityProviderOptions
        @Option(
            help: "Whose people sign in by it, by name or identifier; the one that runs the installation without it.")
        var organization: String?

        func validate() throws {
            guard settings.name != nil else { throw ValidationError("Give it a --name.") }
            guard settings.metadataFile != nil || settings.metadataUrl != nil else {
                throw ValidationError("Say where its metadata are: --metadata-file or --metadata-url.")
            }
        }

        func run() throws {
            let (wish, organization) = (settings.wish, organization)
            try options.perform { try await $0.add(wish, to: organization) }
        }
    }

    struct Update: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Changes one; what is not named stays.")
        @OptionGroup var options: Options
        @OptionGroup var settings: IdentityProviderOptions
        @Argument(help: "The identity provider.") var provider: String

        func run() throws {
            let (provider, wish) = (provider, settings.wish)
            try options.perform { try await $0.update(provider, wish) }
        }
    }

    struct Remove: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Removes one, and asks first. Its people stay, and sign in by another way.")
        @OptionGroup var options: Options
        @Argument(help: "The identity provider.") var provider: String
        @OptionGroup var confirmed: Confirmed

        func run() throws {
            let (provider, isConfirmed) = (provider, confirmed.yes)
            try options.perform { providers in
                if !isConfirmed { try Asking.confirm(try await providers.plan(removing: provider)) }
                return try await providers.remove(provider)
            }
        }
    }

    struct Test: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Tries the connection and explains what is wrong; ends with 1 when something is.")
        @OptionGroup var options: Options
        @Argument(help: "The identity provider.") var provider: String

        func run() throws {
            let (installation, provider) = (try options.options.installation, provider)
            let form = options.json ? QueueAdministration.Form.json : .text
            onLoop { loops in
                let test = try await IdentityProviderAdministration(installation, on: loops, form: form).test(provider)
                say(test.text)
                if !test.isGood { throw ExitCode(1) }
            }
        }
    }

    struct Refresh: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Reads its metadata anew, now.")
        @OptionGroup var options: Options
        @Argument(help: "The identity provider.") var provider: String

        func run() throws {
            let provider = provider
            try options.perform { try await $0.refresh(provider) }
        }
    }

    struct RenewKey: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "renew-key",
            abstract: "Makes our next key for it; asked once more, lets it take the present one's place.")
        @OptionGroup var options: Options
        @Argument(help: "The identity provider.") var provider: String

        func run() throws {
            let provider = provider
            try options.perform { try await $0.renewKey(provider) }
        }
    }
}

/// What an identity provider can be set to.
struct IdentityProviderOptions: ParsableArguments {
    @Option(help: "What it is called.") var name: String?
    @Option(help: "A file with its metadata.") var metadataFile: String?
    @Option(help: "Where its metadata are read, now and every hour.") var metadataUrl: String?
    @Option(
        help: "A file with the certificate of the key that has to have signed them, or none to take them unsigned.")
    var metadataCertificate: String?
    @Option(help: "Which one is meant, where metadata describe several.") var entityId: String?
    @Option(help: "What it calls the address of a person.") var emailAttribute: String?
    @Option(help: "What it calls the name of a person.") var nameAttribute: String?
    @Option(help: "What it calls the groups of a person.") var groupsAttribute: String?
    @Option(
        name: .customLong("group"), parsing: .singleValue,
        help:
            "GROUP=ROLE: the role of people in a group; repeat it for more, the first that fits counts. none takes all away."
    )
    var groups: [String] = []
    @Option(help: "The role of people in none of them, or none to refuse them.") var defaultRole: String?
    @Option(
        name: .customLong("domain"), parsing: .singleValue,
        help: "People with addresses of it sign in here, not by password; repeat it for more. none takes all away.")
    var domains: [String] = []
    @Flag(inversion: .prefixedNo, help: "Whether unknown people are made.") var createPeople: Bool?
    @Flag(inversion: .prefixedNo, help: "Whether a sign-in may begin at the identity provider.")
    var allowUnsolicited: Bool?
    @Option(help: "How many seconds its clock may differ from ours.") var clockSkew: Int?
    @Flag(inversion: .prefixedNo, help: "Whether people sign in by it.") var use: Bool?

    /// What they say.
    var wish: IdentityProviderWish {
        var wish = IdentityProviderWish()
        wish.name = name
        wish.isEnabled = use
        wish.metadataFile = metadataFile
        wish.metadataURL = metadataUrl
        wish.metadataCertificateFile = metadataCertificate
        wish.entityID = entityId
        wish.emailAttribute = emailAttribute
        wish.fullNameAttribute = nameAttribute
        wish.groupsAttribute = groupsAttribute
        wish.roles = groups
        wish.defaultRole = defaultRole
        wish.domains = domains
        wish.createsPeople = createPeople
        wish.allowsUnsolicited = allowUnsolicited
        wish.clockSkewSeconds = clockSkew
        return wish
    }
}

/// Whether somebody may sign in by password where an identity provider has their domain.
struct UserPasswordSignIn: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "password-sign-in",
        abstract: "Allows somebody to sign in by password although an identity provider has their domain.",
        discussion: "For the day on which the identity provider is out of order. Only here, on the server.")
    @OptionGroup var options: IdentityProviderCommand.Options
    @Argument(help: "Their address.") var email: String
    @Flag(help: "Allow it.") var allow = false
    @Flag(help: "Do not allow it any more.") var forbid = false

    func validate() throws {
        guard allow != forbid else { throw ValidationError("Say --allow or --forbid.") }
    }

    func run() throws {
        let (email, allow) = (email, allow)
        try options.perform { try await $0.setPasswordSignIn(allow, of: email) }
    }
}
