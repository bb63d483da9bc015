using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using WalletFunctions.Platform;
using WalletFunctions.Wallet;

namespace WalletFunctions.Settings;

internal static class SettingsSetup
{
    public static IServiceCollection AddSettings(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddStorageNames(tables: [SettingTable.TableName]);
        services.AddSingleton(new SettingKinds(FeeSetting.From(configuration), new LimitSetting(), new RiskSetting(), new RefundPolicySetting(), new CalendarSetting()));
        services.AddSingleton<SettingTable>();
        services.AddSingleton<SettingDesk>();
        services.AddSingleton<SettingEdge>();
        return services.AddSingleton<IRulebooks, StoredRulebooks>();
    }
}
