using Functions.Tests.Refunds;
using Functions.Tests.Support;
using Functions.Tests.Withdrawals;
using WalletFunctions.TestSupport;
using WalletFunctions.Tests.EndToEnd;
using WalletFunctions.Tests.Wallet;
using Xunit;

[assembly: TestCollectionOrderer("Functions.Tests.Order", "Functions.Tests")]

namespace Functions.Tests;

public sealed class Order() : LongestFirst(
    typeof(SoakTests),
    typeof(RefundActCrashTests),
    typeof(HardKillTests),
    typeof(WithdrawalActCrashTests),
    typeof(LedgerFaultTests),
    typeof(MailFetcherTests),
    typeof(RefundCrashTests),
    typeof(WithdrawalCostTests),
    typeof(TourTests),
    typeof(ConservationTests),
    typeof(RefundCaseTests));
