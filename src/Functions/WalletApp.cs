using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Hosting;
using WalletFunctions.Accounts;
using WalletFunctions.Audit;
using WalletFunctions.Bills;
using WalletFunctions.Collections;
using WalletFunctions.Files;
using WalletFunctions.Merchants;
using WalletFunctions.Notifications;
using WalletFunctions.Payments;
using WalletFunctions.Platform;
using WalletFunctions.Recalls;
using WalletFunctions.Reconciliation;
using WalletFunctions.Refunds;
using WalletFunctions.Reversals;
using WalletFunctions.Reviews;
using WalletFunctions.Sandbox;
using WalletFunctions.Settings;
using WalletFunctions.Support.Email;
using WalletFunctions.Support.Inbox;
using WalletFunctions.Tariff;
using WalletFunctions.TopUps;
using WalletFunctions.Wallet;
using WalletFunctions.Withdrawals;
using WalletFunctions.Workflows;

namespace WalletFunctions;

/// <summary>The list of what the app is made of.</summary>
internal static class WalletApp
{
    /// <summary>Runs the app until it is stopped. Settings that cannot work are told in one sentence, not in a stack trace.</summary>
    public static int Run(string[] args)
    {
        try
        {
            FunctionsApplication.CreateBuilder(args).AddWallet().Build().Run();
            return 0;
        }
        catch (SettingsException e)
        {
            Console.Error.WriteLine(e.Message);
            return 1;
        }
    }

    public static FunctionsApplicationBuilder AddWallet(this FunctionsApplicationBuilder builder)
    {
        builder.ConfigureFunctionsWebApplication();
        // After the line above, so that it runs inside the HTTP handling and decides what the client gets.
        builder.UseMiddleware<EdgeMiddleware>();
        builder.Services.AddPlatform(builder.Configuration);
        builder.Services.AddAccounts(builder.Configuration);
        builder.Services.AddAudit();
        builder.Services.AddSettings(builder.Configuration);
        builder.Services.AddWalletFeature(builder.Configuration);
        builder.Services.AddEmail(builder.Configuration);
        builder.Services.AddInbox(builder.Configuration);
        builder.Services.AddInboundMail();
        builder.Services.AddNotifications(builder.Configuration);
        builder.Services.AddFiles();
        builder.Services.AddMerchants(builder.Configuration);
        builder.Services.AddCollections(builder.Configuration);
        builder.Services.AddPayments();
        builder.Services.AddBills();
        builder.Services.AddReviews(builder.Configuration);
        builder.Services.AddRecalls();
        builder.Services.AddReversals();
        builder.Services.AddRefunds();
        builder.Services.AddSandbox();
        builder.Services.AddWithdrawals(builder.Configuration);
        builder.Services.AddWorkflows();
        builder.Services.AddTopUps(builder.Configuration);
        builder.Services.AddReconciliation(builder.Configuration);
        builder.Services.AddTariff();
        builder.Services.AddSandboxPartners(builder.Configuration);
        return builder;
    }
}
