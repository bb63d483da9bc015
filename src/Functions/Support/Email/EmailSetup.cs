using Microsoft.Extensions.DependencyInjection;
using WalletFunctions.Platform;

namespace WalletFunctions.Support.Email;

internal static class EmailSetup
{
    public static IServiceCollection AddEmail(this IServiceCollection services)
    {
        services.AddStorageNames(tables: [RawMailTable.TableName], queues: [InboundMailNote.QueueName], containers: [RawMailStore.ContainerName]);
        services.AddSingleton<RawMailStore>();
        services.AddSingleton<IRawMailStore>(provider => provider.GetRequiredService<RawMailStore>());
        return services;
    }
}
