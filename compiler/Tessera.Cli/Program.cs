using System.CommandLine;
using Tessera.Cli;
using Tessera.Cli.Commands;

RootCommand root = new("Tessera compiles models written in C# into optimised ONNX graphs.")
{
    CompileCommand.Create(),
    InspectCommand.Create(),
    OptCommand.Create(),
};
return Guard.Run(() => root.Parse(args).Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false }));
