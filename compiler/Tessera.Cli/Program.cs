using Tessera.Cli;

return Watcher.Watches(args) ? Watcher.Run(args, new Terminal(Console.Out, Console.Error)) : Cli.Run(args, Console.Out, Console.Error);
