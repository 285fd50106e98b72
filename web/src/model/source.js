// The data of the page as it was sent. Whoever opens the page provides it before any other module is loaded.
let provided = null;
export const provide = (data) => {
  provided = data;
};
export const data = () => provided;
