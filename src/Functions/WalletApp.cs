using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Hosting;
using WalletFunctions.Accounts;
using WalletFunctions.Platform;
using WalletFunctions.Wallet;

namespace WalletFunctions;

/// <summary>The list of what the app is made of.</summary>
internal static class WalletApp
{
    public static FunctionsApplicationBuilder AddWallet(this FunctionsApplicationBuilder builder)
    {
        builder.ConfigureFunctionsWebApplication();
        // After the line above, so that it runs inside the HTTP handling and decides what the client gets.
        builder.UseMiddleware<EdgeMiddleware>();
        builder.Services.AddPlatform(builder.Configuration);
        builder.Services.AddAccounts(builder.Configuration);
        builder.Services.AddWalletFeature(builder.Configuration);
        return builder;
    }
}
