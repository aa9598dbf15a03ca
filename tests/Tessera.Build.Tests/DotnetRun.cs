using System.Diagnostics;

namespace Tessera.Build.Tests;

/// <summary>One run of <c>dotnet</c>: exit code and all that it wrote.</summary>
public sealed record DotnetRun(int Exit, string Output)
{
    /// <summary>How often the tool was started.</summary>
    public int Starts => Output.Split('\n').Count(static l => l.TrimStart().StartsWith("Tessera: ", StringComparison.Ordinal));

    /// <summary>Runs in a folder; nothing that it starts outlives it.</summary>
    public static DotnetRun In(string folder, string packages, params string[] arguments) => Of("dotnet", folder, packages, arguments);

    /// <summary>The same for any program.</summary>
    public static DotnetRun Of(string program, string folder, string packages, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["NUGET_PACKAGES"] = packages;
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["UseSharedCompilation"] = "false";
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";

        // What runs these tests says such things to its own build.
        start.Environment.Remove("MSBuildSDKsPath");
        start.Environment.Remove("MSBUILD_EXE_PATH");
        start.Environment.Remove("MSBuildLoadMicrosoftTargetsReadOnly");
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new DotnetRun(process.ExitCode, output + error.Result);
    }
}
