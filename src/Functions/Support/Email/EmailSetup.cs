using Azure.Communication.Email;
using Azure.Core;
using Azure.Identity;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using WalletFunctions.Platform;
using WalletFunctions.Sandbox;

namespace WalletFunctions.Support.Email;

internal static class EmailSetup
{
    /// <exception cref="SettingsException">A setting is missing or contradicts another.</exception>
    public static IServiceCollection AddEmail(this IServiceCollection services, IConfiguration configuration)
    {
        var imap = ImapOptions.From(configuration);
        var outgoing = OutgoingOptions.Read(configuration);
        var credential = new Lazy<TokenCredential>(() => new DefaultAzureCredential());
        services.AddStorageNames(tables: [RawMailTable.TableName, MailCursorTable.TableName, AcsMailSender.TableName], queues: [InboundMailNote.QueueName], containers: [RawMailStore.ContainerName]);
        services.AddPassingRows(AcsMailSender.TableName, days: 31);
        services.AddSingleton(new MailConnections(credential));
        services.AddSingleton<RawMailStore>();
        services.AddSingleton<IRawMailStore>(provider => provider.GetRequiredService<RawMailStore>());
        services.AddSingleton<MailCursorTable>();
        services.AddSingleton(provider => new MailFetcher(
            imap,
            provider.GetRequiredService<MailConnections>(),
            provider.GetRequiredService<RawMailStore>(),
            provider.GetRequiredService<MailCursorTable>(),
            provider.GetRequiredService<MachineClock>(),
            provider.GetRequiredService<ILogger<MailFetcher>>()));
        services.AddSingleton<IMailSender>(provider => Sender(provider, outgoing, credential));
        return services;
    }

    private static IMailSender Sender(IServiceProvider provider, OutgoingOptions options, Lazy<TokenCredential> credential)
    {
        var clock = provider.GetRequiredService<MachineClock>();
        if (options.Smtp is { } smtp) return new SmtpMailSender(smtp, options.From!, provider.GetRequiredService<MailConnections>(), clock, provider.GetRequiredService<ILogger<SmtpMailSender>>());
        if (options.IsAcs)
        {
            var client = options.AcsConnectionString is { } connection ? new EmailClient(connection) : new EmailClient(options.AcsEndpoint!, credential.Value);
            return new AcsMailSender(client, options.From!, provider.GetRequiredService<Storage>(), clock, provider.GetRequiredService<ILogger<AcsMailSender>>());
        }

        return provider.GetRequiredService<SandboxOptions>().Enabled
            ? new SandboxMailSender(provider.GetRequiredService<SandboxOutbox>())
            : new NoMailSender(provider.GetRequiredService<ILogger<NoMailSender>>());
    }
}
