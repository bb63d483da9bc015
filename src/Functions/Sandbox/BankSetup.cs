using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using WalletFunctions.Platform;
using WalletFunctions.Withdrawals.Bank;

namespace WalletFunctions.Sandbox;

internal static class BankSetup
{
    /// <summary>The sandbox's bank; only where the sandbox is on does it work by itself.</summary>
    public static IServiceCollection AddSandboxBank(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton<BankTable>();
        services.AddSingleton(p => new BankPostman(
            p,
            p.GetRequiredService<BankTable>(),
            p.GetRequiredService<BankOptions>(),
            new HttpClient { Timeout = TimeSpan.FromSeconds(10) },
            p.GetRequiredService<TimeProvider>(),
            p.GetRequiredService<MachineClock>(),
            p.GetRequiredService<ILogger<BankPostman>>()));
        services.AddSingleton(p => new BankCounter(
            p.GetRequiredService<BankTable>(),
            p.GetRequiredService<BankPostman>(),
            p.GetRequiredService<TimeProvider>(),
            p.GetRequiredService<MachineClock>()));
        if (SandboxOptions.From(configuration).Enabled)
        {
            services.AddStorageNames(tables: [BankTable.TableName]);
            services.AddHostedService(p => p.GetRequiredService<BankPostman>());
        }

        return services;
    }
}
