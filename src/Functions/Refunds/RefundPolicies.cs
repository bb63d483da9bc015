using WalletFunctions.Domain.Refunds;
using WalletFunctions.Settings;

namespace WalletFunctions.Refunds;

/// <summary>The refund policy in force.</summary>
internal sealed class RefundPolicies(SettingTable table, SettingKinds kinds, TimeProvider clock) : SettingInForce<RefundPolicy>(kinds.Refunds, table, clock);
