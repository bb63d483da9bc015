return WalletFunctions.WalletApp.Run(args);
