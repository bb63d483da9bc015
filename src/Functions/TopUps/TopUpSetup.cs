using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using WalletFunctions.Platform;
using WalletFunctions.Platform.Partners;
using WalletFunctions.TopUps.Acquirer;

namespace WalletFunctions.TopUps;

internal static class TopUpSetup
{
    public static IServiceCollection AddTopUps(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(p => new AcquirerOptions(configuration, p.GetRequiredService<SandboxOptions>(), p.GetRequiredService<Secrets>()));
        services.AddHostedService<PartnerSettingsCheck<AcquirerOptions>>();
        services.AddSingleton<IAcquirer>(p => new HttpAcquirer(PartnerClient.For<HttpAcquirer>(p, p.GetRequiredService<AcquirerOptions>())));
        return services;
    }
}
