using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using WalletFunctions.Domain.Inbox;
using WalletFunctions.Platform;
using WalletFunctions.Support.Email;

namespace WalletFunctions.Support.Inbox;

internal static class InboxSetup
{
    /// <summary>The right-hand side of our Message-IDs where none is configured.</summary>
    private const string DefaultDomain = "wallet.example";

    public static IServiceCollection AddInbox(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddStorageNames(tables: [ConversationTable.TableName, InboxIndex.TableName, InboxLookups.TableName, OutboxTable.TableName], queues: [OutboundMailNote.QueueName]);
        services.AddSingleton(provider => new ThreadSignature(provider.GetRequiredService<Secrets>().Key("mail-threads"), configuration["Mail:Domain"] ?? DefaultDomain));
        services.AddSingleton<ConversationTable>();
        services.AddSingleton<InboxIndex>();
        services.AddSingleton<InboxLookups>();
        services.AddSingleton<OutboxTable>();
        services.AddSingleton<Conversations>();
        services.AddSingleton<MailIntake>();
        services.AddSingleton<IInbox, InboxService>();
        services.AddSingleton(provider => new ConversationMatters(provider.GetServices<IConversationMatter>()));
        services.AddSingleton(provider => new OutboundMail(
            provider.GetRequiredService<OutboxTable>(),
            provider.GetRequiredService<ConversationTable>(),
            provider.GetRequiredService<Conversations>(),
            provider.GetRequiredService<IMailSender>(),
            provider.GetRequiredService<Storage>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<MachineClock>()));
        services.AddSingleton(provider => new InboxDesk(
            provider.GetRequiredService<ConversationTable>(),
            provider.GetRequiredService<InboxIndex>(),
            provider.GetRequiredService<Conversations>(),
            provider.GetRequiredService<OutboundMail>(),
            provider.GetRequiredService<ThreadSignature>(),
            provider.GetRequiredService<TimeProvider>()));
        return services;
    }
}
