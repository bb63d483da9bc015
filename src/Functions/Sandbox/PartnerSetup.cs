using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using WalletFunctions.Platform;
using WalletFunctions.Sandbox.Partners;
using WalletFunctions.TopUps.Acquirer;
using WalletFunctions.Withdrawals.Bank;

namespace WalletFunctions.Sandbox;

internal static class PartnerSetup
{
    /// <summary>The sandbox's bank and acquirer; only where the sandbox is on do they work by themselves.</summary>
    public static IServiceCollection AddSandboxPartners(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(p => Serving(p, new SandboxBank(
            p.GetRequiredService<Storage>(), p.GetRequiredService<BankOptions>(), p.GetRequiredService<TimeProvider>(), p.GetRequiredService<MachineClock>())));
        services.AddSingleton(p => Serving(p, new SandboxAcquirer(
            p.GetRequiredService<Storage>(), p.GetRequiredService<AcquirerOptions>(), p.GetRequiredService<TimeProvider>(), p.GetRequiredService<MachineClock>())));
        if (SandboxOptions.From(configuration).Enabled)
        {
            services.AddStorageNames(tables: [SandboxBank.TableName, SandboxAcquirer.TableName]);
            services.AddSingleton<IHostedService>(p => p.GetRequiredService<SandboxBank>().Postman);
            services.AddSingleton<IHostedService>(p => p.GetRequiredService<SandboxAcquirer>().Postman);
        }

        return services;
    }

    private static T Serving<T>(IServiceProvider services, T partner)
        where T : SandboxPartner
    {
        partner.Postman = new PartnerPostman(
            partner,
            new HttpClient { Timeout = TimeSpan.FromSeconds(10) },
            services.GetRequiredService<TimeProvider>(),
            services.GetRequiredService<MachineClock>(),
            services.GetRequiredService<ILogger<PartnerPostman>>());
        return partner;
    }
}
