using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using WalletFunctions.Platform;
using WalletFunctions.Support.Inbox;

namespace WalletFunctions.Support.Email;

internal static class InboundMailSetup
{
    public static IServiceCollection AddInboundMail(this IServiceCollection services)
    {
        services.AddStorageNames(tables: [Quarantine.TableName], queues: [InboundMailNote.QueueName, InboundMailNote.QueueName + "-poison"]);
        services.AddSingleton(provider => new Quarantine(provider.GetRequiredService<Storage>(), provider.GetRequiredService<IRawMailStore>()));
        services.AddSingleton(provider => new InboundMail(
            provider.GetRequiredService<IRawMailStore>(),
            provider.GetRequiredService<MailIntake>(),
            provider.GetRequiredService<Quarantine>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<InboundMail>>()));
        return services;
    }
}
