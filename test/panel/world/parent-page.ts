/** A page like Home Assistant's: the theme in custom properties on <html>, the app in a frame that fills it. */
export const parentPage = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>Home</title>
<style>body { margin: 0 } iframe { display: block; border: 0; width: 100vw; height: 100vh }</style>
</head>
<body>
<script>
const themes = {
  light: {
    '--primary-color': '#009ac7', '--primary-text-color': '#141414', '--secondary-text-color': '#5e5e5e',
    '--primary-background-color': '#fafafa', '--secondary-background-color': '#e5e5e5',
    '--card-background-color': '#ffffff', '--divider-color': 'rgba(0, 0, 0, 0.12)', '--ha-card-border-radius': '12px',
    '--energy-solar-color': '#ff9800',
  },
  dark: {
    '--primary-color': '#009ac7', '--primary-text-color': '#e1e1e1', '--secondary-text-color': '#9b9b9b',
    '--primary-background-color': '#111111', '--secondary-background-color': '#282828',
    '--card-background-color': '#1c1c1c', '--divider-color': 'rgba(225, 225, 225, 0.12)', '--ha-card-border-radius': '12px',
    '--energy-solar-color': '#ff9800',
  },
  own: {
    '--primary-color': '#7b1fa2', '--primary-text-color': '#2b1a00', '--secondary-text-color': '#6b5a3c',
    '--primary-background-color': '#fff3d6', '--secondary-background-color': '#f3e2b8',
    '--card-background-color': '#fffaf0', '--divider-color': '#e0cfa0', '--ha-card-border-radius': '0px',
    '--energy-solar-color': '#c2185b',
  },
};
function setTheme(name) {
  for (const [key, value] of Object.entries(themes[name])) document.documentElement.style.setProperty(key, value);
}
const query = new URLSearchParams(location.search);
setTheme(query.get('theme') ?? 'light');
const frame = document.createElement('iframe');
frame.name = 'app';
frame.title = 'Energy Ledger';
frame.src = '/api/hassio_ingress/token_of_' + (query.get('user') ?? 'owner') + '/' + location.hash;
document.body.append(frame);
</script>
</body>
</html>`;
