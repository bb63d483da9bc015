using Azure.Core.Pipeline;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace WalletFunctions.Platform;

internal static class PlatformSetup
{
    public static IServiceCollection AddPlatform(this IServiceCollection services, IConfiguration configuration)
    {
        var sandbox = SandboxOptions.From(configuration);
        services.AddSingleton(sandbox);
        services.AddSingleton(Secrets.From(configuration, sandbox));
        services.AddSingleton(provider => new Storage(StorageAddress.From(configuration), provider.GetServices<HttpPipelinePolicy>()));
        services.AddSingleton(_ => new MachineClock(TimeProvider.System));
        services.AddSingleton(_ => new BusinessClock(TimeProvider.System));
        services.AddSingleton<TimeProvider>(provider => provider.GetRequiredService<BusinessClock>());
        services.AddSingleton<ClockTable>();
        services.AddSingleton<IdSource>();
        services.AddSingleton<Idempotency>();
        services.AddSingleton<RateLimits>();
        services.AddStorageNames(tables: [ClockTable.TableName, IdempotencyTable.TableName, RateLimits.TableName]);
        services.AddPassingRows(IdempotencyTable.TableName, days: 31);
        services.AddPassingRows(RateLimits.TableName, days: 7);
        services.AddSingleton(provider => new OldRows(
            provider.GetRequiredService<Storage>(), provider.GetServices<PassingRows>(), provider.GetRequiredService<MachineClock>(), provider.GetRequiredService<ILogger<OldRows>>()));
        services.AddHostedService<StorageSetup>();
        if (sandbox.Enabled)
        {
            services.AddHostedService<ClockStart>();
            services.AddHostedService<ClockFollower>();
        }

        return services;
    }
}
