return Tessera.Cli.Cli.Run(args, Console.Out, Console.Error);
