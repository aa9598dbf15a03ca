using Xunit;

namespace Tessera.Build.Tests;

/// <summary>A project in a folder of its own, which goes with it: what an application carries is 140 MB.</summary>
public sealed class ProjectFolder : IDisposable
{
    private readonly LocalFeed _feed;

    internal ProjectFolder(LocalFeed feed, string folder, string name)
    {
        (_feed, Root, Name) = (feed, folder, name);
        Directory.CreateDirectory(folder);
        Write("nuget.config", feed.NuGetConfig);
    }

    public string Name { get; }

    public string Root { get; }

    public string this[string path] => Path.Combine(Root, path);

    public string File => this[$"{Name}.csproj"];

    /// <summary>Where outputs lie.</summary>
    public string Output => this["bin/Debug/net10.0"];

    public void Write(string path, string text) => System.IO.File.WriteAllText(this[path], text);

    /// <summary>The project file, with these items.</summary>
    public ProjectFolder With(string items, bool isApp = true, string properties = "")
    {
        Write($"{Name}.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                {(isApp ? "<OutputType>Exe</OutputType>" : "")}
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                <Nullable>enable</Nullable>
                {properties}
              </PropertyGroup>
              <ItemGroup>
                {items}
              </ItemGroup>
            </Project>
            """);
        return this;
    }

    /// <summary>The package that compiles models.</summary>
    public static string Build => $"""<PackageReference Include="Tessera.Build" Version="{LocalFeed.Version}" />""";

    /// <summary>The packages that run them.</summary>
    public static string Runtime => $"""
        <PackageReference Include="Tessera.Runtime" Version="{LocalFeed.Version}" />
        <PackageReference Include="Microsoft.ML.OnnxRuntime" Version="1.31.1" />
        """;

    public void Dispose()
    {
        try
        {
            Directory.Delete(Root, recursive: true);
        }
        catch (IOException)
        {
            // What is still held goes with the feed, when the process ends.
        }
    }

    public DotnetRun Run(params string[] arguments) => DotnetRun.In(Root, _feed.Restored, arguments);

    /// <summary>Runs <c>dotnet</c>, and expects that it succeeds.</summary>
    public DotnetRun Succeed(params string[] arguments) => SucceedWith("dotnet", arguments);

    /// <summary>Runs a program in the folder, and expects that it succeeds.</summary>
    public DotnetRun SucceedWith(string program, params string[] arguments)
    {
        DotnetRun run = DotnetRun.Of(program, Root, _feed.Restored, arguments);
        Assert.True(run.Exit == 0, run.Output);
        return run;
    }
}
