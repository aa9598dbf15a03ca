using Tessera.Generators.Modules;

namespace Tessera.Generators.Sessions;

/// <summary>The registration of a session as a service.</summary>
internal static class ServicesWriter
{
    private const string Services = "global::Microsoft.Extensions.DependencyInjection";

    public static string Write(SessionModel session)
    {
        var writer = SessionWriter.Start(session);
        writer.Line($"/// <summary>Registers <see cref=\"{session.Class}\"/>.</summary>");
        writer.Open($"{SessionWriter.Access(session)} static class {session.Class}Services");
        writer.Line($"/// <summary>Adds one <see cref=\"{session.Class}\"/> for the whole application. It is opened when it is first asked for, and may be used by any number of threads.</summary>");
        writer.Line("/// <param name=\"services\">The application's services.</param>");
        writer.Line("/// <param name=\"options\">How the model is run.</param>");
        writer.Line($"public static {Services}.IServiceCollection Add{session.Class}(this {Services}.IServiceCollection services, {SessionWriter.Runtime}.ModelSessionOptions? options = null) =>");
        writer.Continue($"{Services}.ServiceCollectionServiceExtensions.AddSingleton(services, _ => new {session.Class}(options));");
        writer.Close();
        return ModuleWriter.Header + "\n" + writer;
    }
}
