namespace WalletFunctions.Platform;

/// <summary>The app cannot start with these settings; the message says in one sentence what to do.</summary>
internal sealed class SettingsException(string message) : Exception(message);
